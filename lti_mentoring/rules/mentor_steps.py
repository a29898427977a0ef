"""Whose word a mentor's steps need: nobody gets into the pool unasked or by an old invitation."""

from lti_mentoring.rules.transitions import may_become
from lti_mentoring.vocabulary import MentorState

IN_POOL = frozenset({MentorState.ACTIVE, MentorState.PAUSED})
NOT_YET = frozenset({MentorState.INVITED, MentorState.STARTED})

ENDS_INVITATION = frozenset(
    {MentorState.WITHDRAWN, MentorState.DECLINED, MentorState.REJECTED, MentorState.RETIRED}
)
"""After any of these an old invitation opens the pool no more: who comes back is decided on."""

_OFFERED = (MentorState.ACTIVE, MentorState.PAUSED, MentorState.RETIRED)


def coordinators_moves(state: MentorState) -> tuple[MentorState, ...]:
    """What a coordinator can make of a mentor. Nobody gets into the pool against their will.

    Who has not said yes can only be let go; who was let go can only be invited again. An
    application is approved or declined, which is an answer and no move.
    """
    if state is MentorState.SUBMITTED:
        return ()
    if state in NOT_YET:
        return (MentorState.WITHDRAWN,)
    offered = _OFFERED if state in IN_POOL else (MentorState.INVITED,)
    return tuple(wanted for wanted in offered if may_become(state, wanted))
