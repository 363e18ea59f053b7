/** The repetition rules of {@code recommended}, on the lines that are text. */
package dev.neostream.clean.rule.prose;
