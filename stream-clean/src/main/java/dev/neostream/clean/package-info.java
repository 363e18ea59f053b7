/**
 * Cleaning: what text a raw document holds, in which language, and whether it is worth training on.
 * Start at {@link dev.neostream.clean.Cleaner}.
 */
package dev.neostream.clean;
