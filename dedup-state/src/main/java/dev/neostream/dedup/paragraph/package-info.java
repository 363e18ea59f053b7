/** Paragraphs seen before. */
package dev.neostream.dedup.paragraph;
