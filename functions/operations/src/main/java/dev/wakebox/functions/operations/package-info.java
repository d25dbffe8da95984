/** What operators see of a stack, and do about it: its state, dead letters, histories of jobs, and what the reaper did. */
@NullMarked
package dev.wakebox.functions.operations;

import org.jspecify.annotations.NullMarked;
