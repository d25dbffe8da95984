/** Starts the processing instance for uploaded files, submits them, and stops the instance when no upload needs it. */
@NullMarked
package dev.wakebox.functions.processupload;

import org.jspecify.annotations.NullMarked;
