"""Text from a language model: temperature, top-k, top-p and greedy, on a text of one's own, and what is refused."""
import numpy as np
import pytest

from engine import EngineError, Run
from engine.generate import decode, distribution, encode, generate, next_logits

from .test_transformer import TEXT, config


def test_temperature_sharpens_and_flattens():
    z = np.array([1.0, 3.0, 2.0, -5.0])
    plain = np.exp(z) / np.exp(z).sum()
    np.testing.assert_allclose(distribution(z), plain)
    assert distribution(z, 0).tolist() == [0, 1, 0, 0] and distribution(z, 1e-3).tolist() == [0, 1, 0, 0]
    np.testing.assert_allclose(distribution(z, 100), 0.25, atol=0.02)
    np.testing.assert_allclose(distribution(z + 1e4), plain)
    assert np.isfinite(distribution(z, 1e-300)).all()


def test_top_k_and_top_p_keep_the_likeliest():
    z = np.log([0.1, 0.4, 0.2, 0.3])
    np.testing.assert_allclose(distribution(z, top_k=2), [0, 4 / 7, 0, 3 / 7])
    np.testing.assert_allclose(distribution(z, top_k=9), [0.1, 0.4, 0.2, 0.3])
    np.testing.assert_allclose(distribution(z, top_p=0.65), [0, 4 / 7, 0, 3 / 7])
    np.testing.assert_allclose(distribution(z, top_p=0.75), [0, 4 / 9, 2 / 9, 3 / 9])
    np.testing.assert_allclose(distribution(z, top_p=1e-6), [0, 1, 0, 0])
    np.testing.assert_allclose(distribution(np.zeros(4), top_k=1).sum(), 1)


def test_a_learned_text_is_said_again():
    text = "a small boat goes out in the morning. "
    run = Run({"data": {"name": "text", "text": text * 8, "length": 20, "stride": 1, "test_share": 0.0},
               "model": {"name": "transformer"}, "optimizer": {"name": "adam", "learning_rate": 0.005}})
    run.train(250)
    start = encode(run, "a small bo")
    said = decode(run, generate(run, start, 60, temperature=0))
    assert ("a small bo" + said) == (text * 3)[:70]
    assert decode(run, generate(run, start, 30, temperature=0.7, top_k=5, top_p=0.9, seed=4)) == \
        decode(run, generate(run, start, 30, temperature=0.7, top_k=5, top_p=0.9, seed=4))
    wild = [decode(run, generate(run, start, 30, temperature=20.0, seed=seed)) for seed in (1, 2)]
    assert wild[0] != wild[1]
    assert generate(run, start, 5, temperature=0) == generate(run, start, 9, temperature=0)[:5] and generate(run, start, 0) == []
    long = encode(run, (text * 2)[:45])                  # more than it can see: it sees the last of them
    np.testing.assert_array_equal(next_logits(run, long), next_logits(run, long[-20:]))


@pytest.mark.parametrize("change, field", [
    ({"prompt": []}, "prompt"), ({"prompt": [999]}, "prompt[0]"), ({"prompt": [0.5]}, "prompt[0]"), ({"count": -1}, "count"),
    ({"temperature": -1}, "temperature"), ({"top_k": 0}, "top_k"), ({"top_p": 0}, "top_p"), ({"temperature": "hot"}, "temperature")])
def test_what_cannot_be_generated_is_refused_by_name(change, field):
    run = Run(config(TEXT))
    with pytest.raises(EngineError) as error:
        generate(run, **{"prompt": [0], "count": 1} | change)
    assert error.value.field == field


def test_only_causal_models_of_the_next_token_generate():
    for bad, field in ((config(TEXT, causal=False), "model.name"), (config({"name": "sine"}), "data.name"),
                       ({"data": {"name": "spiral"}}, "data.name")):
        with pytest.raises(EngineError) as error:
            generate(Run(bad), [0], 1)
        assert error.value.field == field
    with pytest.raises(EngineError, match="a token"):
        encode(Run(config(TEXT)), "@")


def test_the_probe_of_generated_text_says_what_generate_says():
    run = Run(config(TEXT))
    run.train(20)
    found = run.probe("generated", {"prompt": "the c", "count": 12, "temperature": 0.8, "top_k": 4, "seed": 3})
    numbers = generate(run, encode(run, "the c"), 12, temperature=0.8, top_k=4, seed=3)
    assert found["text"] == decode(run, numbers) and len(found["said"]) == 12 and found["prompt"] == "the c"
    shares = distribution(next_logits(run, encode(run, "the c")), 0.8, 4)
    np.testing.assert_allclose(found["shares"][:4], np.sort(shares)[::-1][:4], rtol=1e-5)
    assert len(found["shares"]) == 10 and (found["shares"][4:] == 0).all() and found["said"][0] in found["tokens"][:4]
    assert run.probe("generated", {"temperature": 0.0})["prompt"] == decode(run, run.data.raw_train[0].astype(int).tolist())
    with pytest.raises(EngineError, match="a token"):
        run.probe("generated", {"prompt": "Ä"})
    with pytest.raises(EngineError, match="next token"):
        Run().probe("generated")


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("model", ["transformer", "recurrent"])
def test_a_text_that_a_person_pastes_is_learned_and_gone_on_with(model, tied):
    """Capitals, umlauts, line breaks and all; tied and untied tables of tokens."""
    if model == "recurrent" and tied:
        pytest.skip("a recurrent network has no tied tables")
    text = "Über den Bach,\n\tund zurück! 2×\n" * 12
    run = Run({"data": {"name": "text", "text": text, "length": 16, "stride": 3, "test_share": 0.0}, "seed": 1,
               "model": {"name": model, **({"tied": True} if tied else {})}, "optimizer": {"name": "adam", "learning_rate": 0.01}})
    run.train(150)
    assert ("output.weight" in run.parameters) == (not tied)
    said = run.probe("generated", {"prompt": "Über den B", "count": 40, "temperature": 0.0})["text"]
    assert "Über den B" + said == (text * 2)[:50]
