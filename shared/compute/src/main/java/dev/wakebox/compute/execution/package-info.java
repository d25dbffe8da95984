/** The execution document of a run: read, checked, filled in. Pure; knows no AWS service. */
@NullMarked
package dev.wakebox.compute.execution;

import org.jspecify.annotations.NullMarked;
