package dev.wakebox.functions.train;

import static dev.wakebox.functions.train.Requests.base64;
import static dev.wakebox.functions.train.Requests.classes;
import static dev.wakebox.functions.train.Requests.images;
import static dev.wakebox.functions.train.Requests.stored;
import static dev.wakebox.functions.train.Requests.text;
import static dev.wakebox.functions.train.Requests.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.JsonObject;
import dev.wakebox.runtime.WakeboxException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingRequestTest {
    private static final String LEARNING_RATE = "learningRate must be a number from 0.00001 to 2.";
    private static final String BATCH_SIZE = "batchSize must be a whole number from 1 to 256.";
    private static final String EPOCHS = "epochs must be a whole number from 1 to 20.";
    private static final String DATA_SPLIT =
            "dataSplit must be two whole numbers above 0 that add up to 100, such as \"70 : 30\".";
    private static final String TASK_TYPE = "taskType must be \"textClassification\" or \"imageClassification\".";
    private static final String TASK_NAME =
            "taskName may have letters, digits, spaces and hyphens only (A-Z, a-z, 0-9).";
    private static final String DATASET_KEY =
            "datasetKey must be a key that POST /datasets has answered, such as datasets/x8k2p.csv.";

    /** One broken rule: the body, the field that the message must name, the message. */
    record Case(Map<String, @Nullable Object> body, String field, String message) {
        static Case of(String key, @Nullable Object value, String message) {
            return new Case(with(text(), key, value), key, message);
        }

        @Override
        public String toString() {
            String value = String.valueOf(body.get(field));
            return field + " = " + value.substring(0, Math.min(value.length(), 40)) + " -> " + message;
        }
    }

    static Stream<Case> broken() {
        var cases = new ArrayList<Case>();
        for (String field : List.of(
                "taskType",
                "taskName",
                "optimizer",
                "modelType",
                "learningRate",
                "batchSize",
                "epochs",
                "dataSplit",
                "reduceLrOnPlateauFactor",
                "reduceLrOnPlateauPatience",
                "reduceLrOnPlateauMinLr",
                "stepLrStepSize",
                "stepLrGamma")) {
            cases.add(Case.of(field, null, field + " is missing."));
        }
        for (String field : List.of("taskType", "taskName", "optimizer", "modelType", "dataSplit", "pretrainDataset")) {
            cases.add(Case.of(field, " ", field + " must not be empty."));
            cases.add(Case.of(field, 7, field + " must be a text."));
            cases.add(Case.of(field, "x".repeat(101), field + " must not be longer than 100 characters."));
            cases.add(Case.of(field, "x\ud800", field + " has a character that is not valid Unicode."));
        }
        cases.add(Case.of("taskType", "regression", TASK_TYPE));
        cases.add(Case.of("taskType", "text classification", TASK_TYPE));
        for (String name : List.of("my_task", "a/b", "görev", "<b>", "a\nb", "../x")) {
            cases.add(Case.of("taskName", name, TASK_NAME));
        }
        for (String field : List.of(
                "learningRate",
                "batchSize",
                "epochs",
                "reduceLrOnPlateauFactor",
                "reduceLrOnPlateauPatience",
                "reduceLrOnPlateauMinLr",
                "stepLrStepSize",
                "stepLrGamma")) {
            for (Object value : List.of(
                    "", "abc", "NaN", "Infinity", "1d", "0x10", "1,5", true, List.of(1), Map.of(), "1".repeat(41))) {
                cases.add(Case.of(field, value, field + " must be a number."));
            }
            cases.add(Case.of(field, Double.NaN, field + " must be a number."));
            cases.add(Case.of(field, Double.POSITIVE_INFINITY, field + " must be a number."));
        }
        for (Object value : List.of(0, -0.1, 0.00000999, 2.0000001, "2.1", "1e999", "1e-999", BigInteger.TEN)) {
            cases.add(Case.of("learningRate", value, LEARNING_RATE));
        }
        for (Object value : List.of(0, -1, 257, 1.5, "16.5", "1e3", "1e999999999", Long.MAX_VALUE)) {
            cases.add(Case.of("batchSize", value, BATCH_SIZE));
        }
        for (Object value : List.of(0, 21, 2.5, "21")) {
            cases.add(Case.of("epochs", value, EPOCHS));
        }
        cases.add(new Case(
                with(images(), "batchSize", 33), "batchSize", "batchSize must be a whole number from 1 to 32."));
        cases.add(new Case(with(images(), "epochs", 11), "epochs", "epochs must be a whole number from 1 to 10."));
        for (String split : List.of(
                "70", "70 30", "70 : 31", "100 : 0", "0 : 100", "-10 : 110", "70.0 : 30", "70 : 30 : 0", "a : b")) {
            cases.add(Case.of("dataSplit", split, DATA_SPLIT));
        }
        for (String field : List.of("reduceLrOnPlateau", "stepLr")) {
            for (Object value : List.of("", "yes", 1, List.of())) {
                cases.add(Case.of(field, value, field + " must be true or false."));
            }
        }
        for (String field : List.of("reduceLrOnPlateauFactor", "stepLrGamma")) {
            cases.add(Case.of(field, 0, field + " must be a number above 0 and below 1."));
            cases.add(Case.of(field, 1, field + " must be a number above 0 and below 1."));
            cases.add(Case.of(field, 1.5, field + " must be a number from 0 to 1."));
            cases.add(Case.of(field, -0.5, field + " must be a number from 0 to 1."));
        }
        for (String field : List.of("reduceLrOnPlateauPatience", "stepLrStepSize")) {
            cases.add(Case.of(field, 0, field + " must be a whole number from 1 to 1000."));
            cases.add(Case.of(field, 1.5, field + " must be a whole number from 1 to 1000."));
        }
        cases.add(Case.of("reduceLrOnPlateauMinLr", 0.001, "reduceLrOnPlateauMinLr must be below learningRate."));
        cases.add(Case.of("reduceLrOnPlateauMinLr", -0.001, "reduceLrOnPlateauMinLr must be a number from 0 to 2."));
        cases.add(Case.of(
                "dataset",
                null,
                "dataset is missing; send it, or upload it with POST /datasets and send its datasetKey."));
        cases.add(Case.of("dataset", "no base64!", "The dataset is not valid base64."));
        cases.add(Case.of("dataset", classes(2, 10), "The dataset must be a CSV as base64."));
        cases.add(Case.of(
                "dataset", "", "There is nothing in the dataset; line 1 must be a header that names the columns."));
        cases.add(Case.of("datasetKey", "datasets/a.csv", "Send either dataset or datasetKey, not both."));
        for (Object key : List.of(
                "status.json",
                "datasets/",
                "datasets",
                "datasets/../status.json",
                "/datasets/a",
                "xdatasets/a",
                7,
                "datasets//a",
                "datasets/a b",
                "datasets/" + "a".repeat(1024))) {
            cases.add(new Case(with(stored("x"), "datasetKey", key), "datasetKey", DATASET_KEY));
        }
        cases.addAll(brokenImages());
        return cases.stream();
    }

    private static List<Case> brokenImages() {
        var cases = new ArrayList<Case>();
        cases.add(image(
                base64(Requests.CSV), "The dataset must be an object of classes, each a list of images as base64."));
        cases.add(image(classes(1, 10), "The dataset must have 2 to 10 classes, it has 1."));
        cases.add(image(classes(11, 10), "The dataset must have 2 to 10 classes, it has 11."));
        cases.add(image(classes(2, 9), "The class \"class 0\" of the dataset must have 10 to 100 images, it has 9."));
        cases.add(
                image(classes(2, 101), "The class \"class 0\" of the dataset must have 10 to 100 images, it has 101."));
        cases.add(image(
                new TreeMap<>(Map.of("cat", "x", "dog", List.of())),
                "The class \"cat\" of the dataset must be a list of images as base64."));
        for (var image : Map.of(
                        (Object) 7,
                        "Image 10 of the class \"class 1\" must be base64.",
                        "%%%",
                        "Image 10 of the class \"class 1\" is not valid base64.",
                        "",
                        "Image 10 of the class \"class 1\" is not a PNG, JPEG, GIF, WebP or BMP image.",
                        base64("<svg xmlns=''></svg>"),
                        "Image 10 of the class \"class 1\" is not a PNG, JPEG, GIF, WebP or BMP image.")
                .entrySet()) {
            var dataset = new LinkedHashMap<String, Object>(classes(2, 10));
            var last = new ArrayList<Object>(classes(1, 9).values().iterator().next());
            last.add(image.getKey());
            dataset.put("class 1", last);
            cases.add(image(dataset, image.getValue()));
        }
        for (var name : Map.of(
                        " ",
                        "A class of the dataset has no name.",
                        "x".repeat(101),
                        "The name of a class of the dataset must not be longer than 100 characters.",
                        "\udc00",
                        "The name of a class of the dataset has a character that is not valid Unicode.")
                .entrySet()) {
            var dataset = new LinkedHashMap<String, Object>(classes(2, 10));
            dataset.put(name.getKey(), List.of());
            cases.add(image(dataset, name.getValue()));
        }
        return cases;
    }

    private static Case image(Object dataset, String message) {
        return new Case(with(images(), "dataset", dataset), "dataset", message);
    }

    @ParameterizedTest
    @MethodSource("broken")
    void parse_whenARuleIsBroken_namesFieldAndRule(Case broken) {
        assertThatExceptionOfType(WakeboxException.class)
                .isThrownBy(() -> TrainingRequest.parse(JsonObject.copyOf(broken.body())))
                .withMessage(broken.message())
                .satisfies(e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.INVALID_REQUEST);
                    assertThat(e.field()).isEqualTo(broken.field());
                });
    }

    @Test
    void parse_whenEverythingHolds_keepsWhatWasSent() {
        var request = TrainingRequest.parse(JsonObject.copyOf(with(text(), "unknown", Map.of())));

        assertThat(request)
                .usingRecursiveComparison()
                .ignoringFields("dataset")
                .isEqualTo(new TrainingRequest(
                        TaskType.TEXT_CLASSIFICATION,
                        "my task",
                        "adam",
                        "bert",
                        0.001,
                        16,
                        3,
                        "70 : 30",
                        new TrainingRequest.Plateau(0.5, 2, 0.0001),
                        new TrainingRequest.Step(4, 0.1),
                        "scratch",
                        request.dataset()));
        assertThat(request.dataset()).isInstanceOfSatisfying(Dataset.Texts.class, texts -> {
            assertThat(texts.csv()).asString().isEqualTo(Requests.CSV);
            assertThat(texts.classes()).isEqualTo(2);
        });
    }

    @Test
    void parse_whenEverythingIsAString_readsItAsAFormMeansIt() {
        var body = text();
        for (String key : List.copyOf(body.keySet())) {
            body.put(key, String.valueOf(body.get(key)));
        }
        body.put("stepLr", "False");
        body.put("dataset", "data:text/csv;charset=utf-8;base64," + base64(Requests.CSV));
        body.put("pretrainDataset", "imdb");

        var request = TrainingRequest.parse(JsonObject.copyOf(body));

        assertThat(request.learningRate()).isEqualTo(0.001);
        assertThat(request.batchSize()).isEqualTo(16);
        assertThat(request.plateau()).isEqualTo(new TrainingRequest.Plateau(0.5, 2, 0.0001));
        assertThat(request.step()).isNull();
        assertThat(request.pretrainDataset()).isEqualTo("imdb");
    }

    @Test
    void parse_whenAnOptionIsOff_ignoresItsFields() {
        var body = with(with(text(), "reduceLrOnPlateau", false), "reduceLrOnPlateauFactor", "nonsense");

        assertThat(TrainingRequest.parse(JsonObject.copyOf(body)).plateau()).isNull();
    }

    static Stream<Map<String, @Nullable Object>> limits() {
        return Stream.of(
                with(text(), "learningRate", 2),
                with(with(text(), "reduceLrOnPlateauMinLr", 0), "learningRate", "1e-5"),
                with(text(), "batchSize", 256),
                with(text(), "batchSize", 1),
                with(text(), "batchSize", 8.0),
                with(text(), "epochs", "20"),
                with(text(), "dataSplit", "1:99"),
                with(text(), "taskName", "A-z 0-9"),
                with(text(), "pretrainDataset", null),
                with(images(), "batchSize", 32),
                with(images(), "epochs", 10),
                with(images(), "dataset", classes(10, 100)),
                stored("datasets/2026/a-b_c.csv"));
    }

    @ParameterizedTest
    @MethodSource("limits")
    void parse_whenAValueIsAtItsLimit_acceptsIt(Map<String, @Nullable Object> body) {
        assertThat(TrainingRequest.parse(JsonObject.copyOf(body))).isNotNull();
    }

    /** An older page has no switch for it, and a form omits fields that the user has not changed. */
    @ParameterizedTest
    @ValueSource(strings = {"reduceLrOnPlateau", "stepLr"})
    void parse_whenASwitchIsLeftOut_isOff(String field) {
        var request = TrainingRequest.parse(JsonObject.copyOf(with(text(), field, null)));

        assertThat(field.equals("stepLr") ? request.step() : request.plateau()).isNull();
    }

    @Test
    void parse_whenTheTaskTypeIsInAnyCaseOrOlder_knowsIt() {
        for (String sent :
                List.of("TEXTCLASSIFICATION", "sentimentAnalysis", "SENTIMENTANALYSIS", "TextClassification")) {
            var request = TrainingRequest.parse(JsonObject.copyOf(with(text(), "taskType", sent)));
            assertThat(request.taskType()).isEqualTo(TaskType.TEXT_CLASSIFICATION);
        }
        assertThat(TrainingRequest.parse(JsonObject.copyOf(with(images(), "taskType", "IMAGECLASSIFICATION")))
                        .taskType())
                .isEqualTo(TaskType.IMAGE_CLASSIFICATION);
    }

    @Test
    void parse_whenImagesAreDataUrls_keepsTheirBase64() {
        var plain = classes(2, 10);
        var urls = new TreeMap<String, Object>();
        plain.forEach((name, list) -> urls.put(
                name,
                list.stream().map(image -> "data:image/png;base64," + image).toList()));

        var request = TrainingRequest.parse(JsonObject.copyOf(with(images(), "dataset", urls)));

        assertThat(request.dataset()).isEqualTo(new Dataset.Images(plain));
    }
}
