/** Masking of personal data in text: {@link dev.neostream.clean.pii.PiiMasker}. */
package dev.neostream.clean.pii;
