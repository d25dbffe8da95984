/** The base of every function: JSON, HTTP answers, errors and structured logs. Depends on no AWS service except Lambda. */
@NullMarked
package dev.wakebox.runtime;

import org.jspecify.annotations.NullMarked;
