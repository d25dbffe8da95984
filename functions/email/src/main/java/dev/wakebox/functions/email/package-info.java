/** Sends the owner of an upload one mail when the results are stored or the upload has failed. */
@NullMarked
package dev.wakebox.functions.email;

import org.jspecify.annotations.NullMarked;
