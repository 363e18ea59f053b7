/**
 * What a run looks like from outside, read from its topics alone: the count of documents, the
 * funnel, progress, metrics.
 */
package dev.neostream.ops.monitor;
