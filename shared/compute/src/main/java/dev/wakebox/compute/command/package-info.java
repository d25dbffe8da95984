/** Runs shell commands on instances through Systems Manager. */
@NullMarked
package dev.wakebox.compute.command;

import org.jspecify.annotations.NullMarked;
