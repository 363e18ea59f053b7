/** Flink shell of cleaning. */
package dev.neostream.clean.job;
