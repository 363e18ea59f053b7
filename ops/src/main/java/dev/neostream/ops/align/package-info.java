/**
 * Alignment as the command line has it: its definition as a file, conversations and pairs read from
 * files, and the folder in which a fine-tuning lives.
 */
package dev.neostream.ops.align;
