from support.loop_round import AUDIT, make_round

from libra_emo.pipelines.active_learning.certificate_page import render_certificate
from libra_emo.pipelines.active_learning.certifying import leave_uncertified
from libra_emo.pipelines.active_learning.stopping_criterion import Standing, decide_stop


def decisions(done):
    certificate = done.certificate.certificate
    first = decide_stop(0, Standing(5, done.posterior, None, 0), False, done.options)
    return first, decide_stop(1, Standing(99, done.posterior, certificate, 0), False, done.options)


def test_the_page_states_the_estimand_the_interval_and_what_it_is_bound_to():
    done = make_round(audit=AUDIT, stop="certified", target_error=1.0).run()
    own = done.certificate.certificate
    page = render_certificate(done.certificate, *decisions(done))
    for part in (own.estimand, own.hash, *own.digests.values(), *own.by_label):
        assert part in page
    assert "The annotators are simulated" in page
    assert "After round 1: certified" in page and "99 answers" in page
    assert page == render_certificate(done.certificate, *decisions(done))
    people = done.certificate.model_copy(update={"annotators": "people"})
    assert "simulated" not in render_certificate(people, *decisions(done))


def test_without_a_certificate_the_page_says_why():
    done = make_round().run()
    page = render_certificate(leave_uncertified("people"), *decisions(done))
    assert "audits begin with round 1" in page and "SHA-256" not in page
