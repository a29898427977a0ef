// Sends the form on; the visible button is for browsers without scripts.
document.getElementById("handover").submit();
