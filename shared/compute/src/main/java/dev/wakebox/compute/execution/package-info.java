/** Reads, validates and completes the execution document of a run. Pure; depends on no AWS service. */
@NullMarked
package dev.wakebox.compute.execution;

import org.jspecify.annotations.NullMarked;
