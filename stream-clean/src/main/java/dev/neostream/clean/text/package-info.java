/**
 * Text as the quality rules see it: decoded characters, and statistics of characters, words, lines,
 * sentences and repeated n-grams. Lengths are Unicode code points throughout.
 */
package dev.neostream.clean.text;
