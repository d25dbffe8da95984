/** The API of runs: starts, lists, shows, follows and cancels runs for front ends. */
@NullMarked
package dev.wakebox.functions.runsapi;

import org.jspecify.annotations.NullMarked;
