/**
 * The whole application on one computer: the emulator, the processes of Lambda functions, the HTTP API and the AWS
 * endpoint.
 */
@NullMarked
package dev.wakebox.local;

import org.jspecify.annotations.NullMarked;
