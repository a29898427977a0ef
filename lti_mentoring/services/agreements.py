"""Signing the shared agreement; both signatures open the pairing."""

from decimal import Decimal

from sqlalchemy.orm import Session

from lti_mentoring.core import clock
from lti_mentoring.core.errors import Conflict, Stale
from lti_mentoring.grading import ledger, recompute
from lti_mentoring.models import AgreementSignature, Pairing
from lti_mentoring.policies.actor import Actor, require
from lti_mentoring.policies.pairing import may_sign
from lti_mentoring.queries.pairings import current_agreement, signatures
from lti_mentoring.rules.transitions import may_start_trial
from lti_mentoring.services import activity, pairings
from lti_mentoring.vocabulary import LIVE_PAIRING, Component, PairingState, Verb


def sign(
    db: Session, actor: Actor, pairing: Pairing, signed_name: str, version_number: int
) -> bool:
    """Sign the version that was read; whether the pairing has started by it.

    The mentee is credited for their own signature, once per version.

    Raises:
        NotAllowed: if the actor is not one of the two, or the program is not running.
        Stale: if a newer version has been published since the page was opened.
        Conflict: if the pairing is over, signed already, or there is nothing to sign.
    """
    require(may_sign(actor, pairing), "sign for this pair")
    pairings.lock(db, pairing)
    if pairing.state not in LIVE_PAIRING:
        raise Conflict("this pairing is over")
    agreement = current_agreement(db, pairing.program_id)
    if agreement is None:
        raise Conflict("there is no agreement to sign yet")
    if agreement.version_number != version_number:
        raise Stale("agreement")
    side = pairing.mentee_id if actor.mentee_id == pairing.mentee_id else pairing.mentor_id
    signed = {signature.participant_id for signature in signatures(db, pairing, agreement)}
    if side in signed:
        raise Conflict("signed already")
    db.add(
        AgreementSignature(
            agreement_id=agreement.id,
            pairing_id=pairing.id,
            participant_id=side,
            signed_name=signed_name,
            signed_at=clock.now(),
        )
    )
    db.flush()
    activity.record(db, actor, Verb.AGREEMENT_SIGNED, "pairing", pairing.id, str(version_number))
    if side == pairing.mentee_id:
        _credit(db, side, agreement.id)
    return _start(db, actor, pairing, signed | {side})


def _credit(db: Session, mentee_id: int, agreement_id: int) -> None:
    source = f"agreement:{agreement_id}"
    ledger.credit(db, mentee_id, Component.AGREEMENT, Decimal(1), source, clock.now())
    recompute.participant(db, mentee_id)


def _start(db: Session, actor: Actor, pairing: Pairing, signed: set[int]) -> bool:
    both = may_start_trial(
        signed_by_mentee=pairing.mentee_id in signed, signed_by_mentor=pairing.mentor_id in signed
    )
    if pairing.state is not PairingState.PROPOSED or not both:
        return False
    pairings.start_trial(db, actor, pairing)
    return True
