/** Plays API Gateway's HTTP API: routes, authorizers, signatures, CORS and events. */
@NullMarked
package dev.wakebox.local.httpapi;

import org.jspecify.annotations.NullMarked;
