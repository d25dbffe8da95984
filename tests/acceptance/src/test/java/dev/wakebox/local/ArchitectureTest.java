package dev.wakebox.local;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The dependency rules: functions depend on shared modules only, and shared/runtime knows no AWS service. */
class ArchitectureTest {
    private static final Path ROOT = Path.of(System.getProperty("wakebox.root", ".."));
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(location -> !location.contains("/software/amazon/")) // the copies of the AWS SDK
            .importPaths(Stream.of("shared", "functions")
                    .flatMap(ArchitectureTest::outputs)
                    .toList());

    @Test
    void house_whenImported_hasEveryModule() throws IOException {
        for (String room : List.of("shared", "functions")) {
            try (var modules = Files.list(ROOT.resolve(room))) {
                assertThat(modules.filter(module -> Files.exists(module.resolve("src/main/java"))))
                        .as("modules of %s that aren't built yet", room)
                        .allMatch(module -> Files.isDirectory(module.resolve("target/classes")));
            }
        }
        assertThat(CLASSES).hasSizeGreaterThan(40);
    }

    @Test
    void functions_never_knowEachOther() {
        slices().matching("dev.wakebox.functions.(*)..")
                .should()
                .notDependOnEachOther()
                .check(CLASSES);
    }

    @Test
    void shared_never_knowsFunctionsTheLocalApplicationOrTheCommands() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.wakebox.functions..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.wakebox.functions..", "dev.wakebox.local..", "dev.wakebox.cli..")
                .check(CLASSES);
    }

    @Test
    void runtime_never_knowsAnAwsServiceOrAnotherModule() {
        noClasses()
                .that()
                .resideInAPackage("dev.wakebox.runtime..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "software.amazon..", "dev.wakebox.storage..", "dev.wakebox.status..", "dev.wakebox.compute..")
                .check(CLASSES);
    }

    @Test
    void handlers_always_readStreams() {
        classes()
                .that()
                .haveSimpleNameEndingWith("Handler")
                .and()
                .resideInAPackage("dev.wakebox.functions..")
                .should()
                .beAssignableTo("com.amazonaws.services.lambda.runtime.RequestStreamHandler")
                .check(CLASSES);
    }

    @Test
    void functions_never_sleep() {
        noClasses()
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", java.time.Duration.class)
                .check(CLASSES);
    }

    private static Stream<Path> outputs(String room) {
        try (var modules = Files.list(ROOT.resolve(room))) {
            return modules.map(module -> module.resolve("target/classes")).filter(Files::isDirectory).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
