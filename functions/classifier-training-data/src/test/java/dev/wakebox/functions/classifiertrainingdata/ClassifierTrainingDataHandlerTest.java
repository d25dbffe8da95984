package dev.wakebox.functions.classifiertrainingdata;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wakebox.mentors.InMemoryMentors;
import dev.wakebox.mentors.Mentor;
import dev.wakebox.mentors.SampleMentors;
import dev.wakebox.runtime.ErrorCode;
import dev.wakebox.runtime.Invocation;
import dev.wakebox.runtime.WakeboxException;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ClassifierTrainingDataHandlerTest {
    /** As in the fixture. */
    private static final String MENTOR = "64f0c2a9d1e8b7350a4c19e2";

    private final InMemoryMentors mentors = new InMemoryMentors();
    private final ClassifierTrainingDataHandler handler = new ClassifierTrainingDataHandler(mentors);

    @Test
    void trainingData_whenTheMentorIsKnown_isACsvToSave() {
        mentors.put(new Mentor(
                MENTOR,
                "Ada",
                SampleMentors.ada().answers(),
                SampleMentors.ada().graded()));

        var answer = answer();

        assertThat(answer).containsEntry("statusCode", 200);
        assertThat(answer.get("headers"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsEntry("content-type", "text/csv; charset=utf-8")
                .containsEntry("content-disposition", "attachment; filename=\"" + MENTOR + "-trainingdata.csv\"")
                .containsKey("x-content-type-options");
        assertThat(String.valueOf(answer.get("body")).lines())
                .containsExactly(
                        "id,question,paraphrases,answer,topic",
                        "q-home,Where do you live?,Which town is your home?|Where is your house?|What city are you from?,"
                                + "The answer about home.,Life|Background",
                        "q-pet,Do you have a pet?,Do you own a dog or a cat?|Any animals at home?|What is the name of your dog?,"
                                + "The answer about pet.,Life|Background",
                        "q-job,What do you do for a living?,What is your profession?|Who is your employer?|Tell me about your job,"
                                + "The answer about job.,Life|Background");
    }

    @Test
    void trainingData_whenTheMentorIsUnknown_is404() {
        assertThat(answer()).containsEntry("statusCode", 404);
    }

    @Test
    void trainingData_whenTheSourceFails_saysSo() {
        mentors.failWith(new WakeboxException(ErrorCode.GATEWAY_TIMEOUT, "Too slow."));

        assertThat(answer()).containsEntry("statusCode", 504);
    }

    private Map<String, @Nullable Object> answer() {
        return Invocation.ofFixture(handler, "classifier-training-data-get.json");
    }
}
