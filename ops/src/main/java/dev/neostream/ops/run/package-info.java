/**
 * What a run is made of: its configuration and its folder. Nobody else reads files or environment.
 */
package dev.neostream.ops.run;
