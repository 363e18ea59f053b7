/** Where the demo's documents come from, and the tokenizer learned from a sample of them. */
package dev.neostream.ops.corpus;
