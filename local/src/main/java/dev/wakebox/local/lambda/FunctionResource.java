package dev.wakebox.local.lambda;

import java.nio.file.Path;

/**
 * A function of the template.
 *
 * @param logicalId its key under {@code Resources}
 * @param name as deployed
 * @param module the Maven module that it is built from: {@code functions/process-upload} for {@code
 *     ProcessUploadFunction}, as in the Makefile
 */
public record FunctionResource(String logicalId, String name, Path module) {}
