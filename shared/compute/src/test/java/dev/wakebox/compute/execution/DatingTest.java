package dev.wakebox.compute.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatingTest {
    private static final Instant AFTER_ITS_CYCLE = Instant.parse("2026-03-02T07:00:00Z");
    private static final String SOURCE = " --forcing_source NWM_V3_SHORT_RANGE_06";

    @ParameterizedTest
    @CsvSource(delimiter = '>', quoteCharacter = '`', textBlock = """
            j --s3_prefix x/DAILY/y -s DAILY; D=DAILY a_DAILY.nc  > j --s3_prefix x/20260301/y -s 20260301; D=20260301 a_20260301.nc
            j --s3_prefix x/DAILY DAILYISH XDAILY DAILY1          > j --s3_prefix x/20260301 DAILYISH XDAILY DAILY1
            j --s3_prefix x/DAILYISH DAILY                        > j --s3_prefix x/20260301ISH 20260301
            j --s3_prefix x/y -s DAILY s3://b/DAILY               > j --s3_prefix x/y -s DAILY s3://b/DAILY
            j -s DAILY s3://b/DAILY                               > j -s DAILY s3://b/DAILY
            j --s3_prefix x/y -F s3://b/DAILY/f DAILY             > j --s3_prefix x/y -F s3://b/20260302/f DAILY
            /x/scripts/datastream -S b -o r/DAILY -C A_06 DAILY   > /x/scripts/datastream -S b -o r/20260301 -C A_06 20260301
            """)
    void of_withoutAForcingSource_datesEveryFreeStandingDailyWhenThePrefixHasIt(String command, String dated) {
        assertThat(dated(command, AFTER_ITS_CYCLE)).containsExactly(dated);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', quoteCharacter = '`', textBlock = """
            j -s DAILY --S3_PREFIX x/DAILY/y                   > j -s DAILY --S3_PREFIX x/20260302/y
            j --start_date DAILY --s3_prefix=x/DAILY x/DAILY/z > j --start_date DAILY --s3_prefix=x/20260302 x/20260302/z
            j -t s3://b/DAILY/t --s3_prefix 'x/DAILY'          > j -t s3://b/DAILY/t --s3_prefix 'x/20260302'
            j -F s3://b/DAILY/f_DAILY -s DAILY --s3_prefix q/DAILY > j -F s3://b/20260302/f_20260302 -s DAILY --s3_prefix q/20260302
            j -f s3://b/DAILY/f --s3_prefix q/DAILY            > j -f s3://b/DAILY/f --s3_prefix q/20260302
            """)
    void of_withAForcingSource_datesThePrefixAndTheForcingFileAlone(String command, String dated) {
        assertThat(dated(command + SOURCE, AFTER_ITS_CYCLE)).containsExactly(dated + SOURCE);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            NWM_V3_MEDIUM_RANGE_00_1, 20260302/forcing/00/a.t00z.nc
            NWM_V3_MEDIUM_RANGE_00_2, 20260301/forcing/18/a.t18z.nc
            NWM_V3_MEDIUM_RANGE_00_5, 20260301/forcing/00/a.t00z.nc
            NWM_V3_MEDIUM_RANGE_00_6, 20260228/forcing/18/a.t18z.nc
            NWM_V3_MEDIUM_RANGE_00_7, 20260228/forcing/12/a.t12z.nc
            NWM_V3_MEDIUM_RANGE_00_0, 20260302/forcing/00/a.t00z.nc
            NWM_V3_MEDIUM_RANGE,      20260302/forcing/00/a.t00z.nc
            """)
    void forcingFile_whenOfALaterMember_isOfAnEarlierHour(String source, String file) {
        var day = RunDate.day(AFTER_ITS_CYCLE);

        assertThat(ForcingFile.dated("DAILY/forcing/00/a.t00z.nc", source, day)).isEqualTo(file);
    }

    @ParameterizedTest
    @CsvSource({
        "DAILY/00/a.nc, 20260302/00/a.nc",
        "DAILY/a.t00z.nc, 20260302/a.t00z.nc",
        "t06z/DAILY/06/x, t06z/20260302/06/x"
    })
    void forcingFile_withoutAnHourThatCanBeMoved_isDatedAlone(String file, String dated) {
        var day = RunDate.day(AFTER_ITS_CYCLE);

        assertThat(ForcingFile.dated(file, "NWM_V3_MEDIUM_RANGE_00_3", day)).isEqualTo(dated);
    }

    @Test
    void of_whenSeveralCommands_datesByTheLastPrefixAndOnlyWhereTheFileIsCalledSo() {
        assertThat(dated(
                        "a p/DAILY|b --s3_prefix q/DAILY|c --s3_prefix p/DAILY -F d/DAILY|d d/DAILY" + SOURCE,
                        AFTER_ITS_CYCLE))
                .containsExactly(
                        "a p/20260302",
                        "b --s3_prefix q/DAILY",
                        "c --s3_prefix p/20260302 -F d/20260302",
                        "d d/DAILY" + SOURCE);
    }

    @Test
    void of_whenTheCheckAloneNamesAPrefix_isDatedByThat() {
        var dating = Dating.of(List.of("put s3://b/r/DAILY.txt"), Optional.of("r/DAILY.txt"), AFTER_ITS_CYCLE);

        assertThat(dating.commands()).containsExactly("put s3://b/r/20260301.txt");
        assertThat(dating.prefix("r/DAILY.txt")).isEqualTo("r/20260301.txt");
    }

    private static List<String> dated(String commands, Instant at) {
        return Dating.of(Arrays.asList(commands.split("\\|")), Optional.empty(), at)
                .commands();
    }
}
