/** Language identification: script first, then OpenNLP's model. */
package dev.neostream.clean.language;
