/** Language identification: script first, then a model of hashed n-grams. */
package dev.neostream.clean.language;
