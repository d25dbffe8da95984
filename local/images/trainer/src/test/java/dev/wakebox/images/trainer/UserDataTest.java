package dev.wakebox.images.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class UserDataTest {
    @Test
    void parse_whenOtherLinesStandBetween_findsOurs() {
        assertThat(UserData.parse(List.of("#!/bin/sh", "", " BUCKET = my-bucket ", "TRAINER_FAULT=hang", "OTHER=1")))
                .isEqualTo(new UserData("my-bucket", TrainerFault.HANG));
    }

    @Test
    void parse_whenNoFaultIsAskedFor_hasNone() {
        assertThat(UserData.parse(List.of("BUCKET=b")).fault()).isEqualTo(TrainerFault.NONE);
    }

    @Test
    void parse_whenThereIsNoBucket_saysWhatToAdd() {
        assertThatThrownBy(() -> UserData.parse(List.of("BUCKET=")))
                .hasMessage("The user data names no bucket; add a line BUCKET=<name>.");
    }

    @Test
    void parse_whenTheFaultIsUnknown_namesTheChoices() {
        assertThatThrownBy(() -> UserData.parse(List.of("BUCKET=b", "TRAINER_FAULT=burn")))
                .hasMessage("TRAINER_FAULT is \"burn\" in the user data; it must be \"crash\" or \"hang\".");
    }
}
