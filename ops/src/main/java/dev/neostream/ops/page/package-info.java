/**
 * The page that every run shows while it runs, and steers it by: {@link
 * dev.neostream.ops.page.LivePage} is the server, {@link dev.neostream.ops.page.LiveRun} what it
 * shows. The page itself is three files in the module's resources.
 */
package dev.neostream.ops.page;
