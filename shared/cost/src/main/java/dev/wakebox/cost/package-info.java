/** The cost of a run in US dollars: what it used, times the prices of AWS. Pure functions, without calls to AWS. */
@NullMarked
package dev.wakebox.cost;

import org.jspecify.annotations.NullMarked;
