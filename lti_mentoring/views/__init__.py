"""Blueprints: load, form, service, redirect or render. They decide, query and write nothing."""

from flask import Blueprint

from lti_mentoring.views import (
    actions,
    administration,
    closing,
    connection,
    contents,
    course_links,
    engagement,
    goals,
    health,
    home,
    intake,
    lti,
    mentees,
    mentors,
    my_engagement,
    notices,
    observing,
    pairings,
    pairs,
    personal_data,
    pool,
    profile,
    program_groups,
    programs,
    records,
    registration,
    requests,
    sessions,
    showing,
    sign_ins,
    today,
)

PUBLIC: tuple[Blueprint, ...] = (
    lti.blueprint,
    registration.blueprint,
    notices.blueprint,
    health.blueprint,
)
PAGES: tuple[Blueprint, ...] = (
    home.blueprint,
    intake.blueprint,
    mentors.blueprint,
    requests.blueprint,
    profile.blueprint,
    mentees.blueprint,
    pairings.blueprint,
    goals.blueprint,
    actions.blueprint,
    sessions.blueprint,
    my_engagement.blueprint,
    observing.blueprint,
    closing.blueprint,
    today.blueprint,
    programs.blueprint,
    pool.blueprint,
    pairs.blueprint,
    engagement.blueprint,
    contents.blueprint,
    records.blueprint,
    showing.blueprint,
    connection.blueprint,
    sign_ins.blueprint,
    course_links.blueprint,
    program_groups.blueprint,
)
TOP_LEVEL: tuple[Blueprint, ...] = (administration.blueprint, personal_data.blueprint)
WITHOUT_TOKEN = (
    sign_ins.ticket,  # no form, no cookie: a script proves the token in a header
    administration.enter,  # nobody is in yet, and the address is the secret
)
