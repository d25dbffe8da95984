/** Reads CSV files that people and spreadsheets write, by the same rules everywhere. */
@NullMarked
package dev.wakebox.csv;

import org.jspecify.annotations.NullMarked;
