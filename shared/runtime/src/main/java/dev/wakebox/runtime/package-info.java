/** What every function stands on: JSON, HTTP answers, errors and structured logs. Knows no AWS service but Lambda. */
@NullMarked
package dev.wakebox.runtime;

import org.jspecify.annotations.NullMarked;
