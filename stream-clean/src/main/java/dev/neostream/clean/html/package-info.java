/** HTML to main text; start at {@link dev.neostream.clean.html.MainText}. */
package dev.neostream.clean.html;
