package dev.wakebox.images.trainer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The features of {@link Picture}, each normalised to mean 0 and deviation 1.
 *
 * @param mean of each feature over the training pictures
 * @param deviation of each feature, never 0
 */
record PictureFeatures(float[] mean, float[] deviation) implements Features<float[]> {
    /** Prevents a feature that hardly differs between pictures from being amplified to noise. */
    private static final double LEAST_DEVIATION = 0.01;

    /** Computes mean and deviation over the training pictures. */
    static PictureFeatures fit(List<Row<float[]>> pictures) {
        var mean = new float[Picture.DIMENSION];
        var deviation = new float[Picture.DIMENSION];
        for (int i = 0; i < Picture.DIMENSION; i++) {
            double sum = 0;
            double squares = 0;
            for (Row<float[]> picture : pictures) {
                sum += picture.input()[i];
                squares += picture.input()[i] * (double) picture.input()[i];
            }
            double average = sum / pictures.size();
            mean[i] = (float) average;
            double variance = Math.max(0, squares / pictures.size() - average * average);
            deviation[i] = (float) Math.max(LEAST_DEVIATION, Math.sqrt(variance));
        }
        return new PictureFeatures(mean, deviation);
    }

    @Override
    public int dimension() {
        return Picture.DIMENSION;
    }

    @Override
    public float[][] of(List<float[]> inputs) {
        return inputs.stream().map(this::standardized).toArray(float[][]::new);
    }

    @Override
    public String format() {
        return "wakebox-picture-linear-1";
    }

    @Override
    public Map<String, String> parameters() {
        var parameters = new LinkedHashMap<String, String>();
        parameters.put("mean", LinearModel.base64(mean));
        parameters.put("deviation", LinearModel.base64(deviation));
        return parameters;
    }

    private float[] standardized(float[] numbers) {
        var standardized = new float[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            standardized[i] = (numbers[i] - mean[i]) / deviation[i];
        }
        return standardized;
    }
}
