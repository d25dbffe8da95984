/** The whole application on one machine: emulator, Lambda processes, HTTP front door and the AWS endpoint before them. */
@NullMarked
package dev.wakebox.local;

import org.jspecify.annotations.NullMarked;
