/** Writes results as a workbook. */
@NullMarked
package dev.wakebox.functions.excel;

import org.jspecify.annotations.NullMarked;
