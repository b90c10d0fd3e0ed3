"""What the guide's steps ask to be done with the panels of one lab, by whichever hand."""


def neuron_line(lab, hand):
    """By the ring in its middle, which lies where the line is nearest to the middle of the plane."""
    canvas = lab.panel("neuron").locator("canvas[tabindex]")
    x, y = canvas.evaluate("""async (canvas) => {
        const { gutter } = await import('/kit/axes.js');
        const { middle } = await import('/panels/parts/neuron-line.js');
        const { measure } = await import('/commands.js');
        const { arrays } = await measure('network', { resolution: 8 }), { meta } = await measure('surface', { resolution: 8 });
        const [low, high] = [meta.low, meta.high].map((end) => Array.isArray(end) ? end : [end, end]);
        const w = [...arrays['layer1.weight']], b = arrays['layer1.bias'][0];
        const at = middle({ w, b }, [0, 1].map((axis) => (low[axis] + high[axis]) / 2));
        const text = Math.max(11, parseFloat(getComputedStyle(canvas.parentElement).fontSize) * 0.82), room = gutter(text);
        const [width, height] = [canvas.clientWidth, canvas.clientHeight];
        const size = Math.min(width - room.left - room.right, height - room.top - room.bottom);
        const left = room.left + (width - room.left - room.right - size) / 2;
        return [(left + (at[0] - low[0]) / (high[0] - low[0]) * size) / width,
                (room.top + size - (at[1] - low[1]) / (high[1] - low[1]) * size) / height];
    }""")
    before = lab.measure("network", {"resolution": 8})[1]["layer1.bias"].tolist()
    hand.drag(canvas, (x, y), (x + 0.05, y - 0.05), ["ArrowRight"] * 5)
    lab.wait(lambda: lab.measure("network", {"resolution": 8})[1]["layer1.bias"].tolist() != before, "the bias to follow the line")


def bowl_rate(lab, hand):
    hand.drag(lab.panel("bowl").locator(".bowl-axis canvas"), (0.5, 0.5), (0.75, 0.5), ["Shift+ArrowRight"] * 4)


def random_plane(lab, hand):
    hand.pick(lab.panel("landscape").get_by_role("radio", name="Two random directions"))


def range_test(lab, hand):
    panel = lab.panel("range_test")
    hand.press(panel.get_by_role("button", name="Run the test"))
    hand.press(panel.get_by_role("button", name="Use η"))


def ravine(lab, hand):
    hand.pull(lab.panel("race").get_by_label("angle"), 0.5, ["PageUp"] * 6)


def where_adam_fails(lab, hand):
    hand.option(lab.panel("race").get_by_label("Surface", exact=True), "Where Adam fails")


def spread(lab, hand):
    hand.pull(lab.panel("profile").locator("input[type=range]"), 1.0, ["End"])


def leaky(lab, hand):
    hand.menu("model.activation", "Leaky ReLU")


def softmax(name):
    return lambda lab: lab.panel("softmax").get_by_label(name, exact=True)


def all_more(lab, hand):
    hand.pull(softmax("add to all")(lab), 0.75, ["PageUp"] * 4)


def no_subtraction(lab, hand):
    hand.press(lab.panel("softmax").get_by_role("button", name="Subtract the maximum"))
    all_more(lab, hand)


def cold(lab, hand):
    hand.pull(softmax("Temperature T")(lab), 0.1, ["PageDown"] * 4)


def energies(lab, hand):
    hand.pick(lab.panel("softmax").get_by_role("radio", name="Energies"))
    hand.pull(lab.panel("softmax").get_by_label("Energy of", exact=False).first, 0.8, ["PageUp"] * 2)


def draws(lab, hand):
    for words in ("Draw 10 answers", "Drawn 10 times", "Drawn 100 times"):
        hand.press(lab.panel("softmax").get_by_role("button", name=words, exact=True))


def own_logits(lab, hand):
    hand.press(lab.panel("softmax").get_by_role("button", name="The network's own"))


DOING = {"activations": {5: leaky}, "gradients": {4: spread}, "learning_rate": {2: bowl_rate, 3: random_plane, 6: range_test},
         "neuron": {2: neuron_line}, "optimizers": {2: ravine, 3: where_adam_fails},
         "softmax": {2: all_more, 3: no_subtraction, 4: cold, 5: energies, 6: draws, 7: own_logits}}
