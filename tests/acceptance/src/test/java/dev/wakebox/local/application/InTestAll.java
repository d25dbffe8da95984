package dev.wakebox.local.application;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/** A test of {@code ./wakebox test --all} alone: it takes long, and a neighbour in {@code ./wakebox test} goes most of its way. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@EnabledIfEnvironmentVariable(
        named = "WAKEBOX_TEST_ALL",
        matches = ".+",
        disabledReason = "It is a test of ./wakebox test --all.")
@interface InTestAll {}
