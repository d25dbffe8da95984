package dev.wakebox.images.trainer;

import dev.wakebox.classifier.Encoder;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The sentence vector of a text. */
record TextFeatures(Encoder encoder) implements Features<String> {
    @Override
    public int dimension() {
        return Encoder.DIMENSION;
    }

    @Override
    public float[][] of(List<String> inputs) {
        return encoder.embed(inputs);
    }

    @Override
    public String format() {
        return "wakebox-text-encoder-linear-1";
    }

    @Override
    public Map<String, String> parameters() {
        return Map.of("encoder", HexFormat.of().formatHex(encoder.sha256()));
    }
}
