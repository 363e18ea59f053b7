/** Flink shell of tokenisation: unique documents in, token blocks and their index out. */
package dev.neostream.tokens.job;
