/**
 * HTTP on loopback as every server of the module speaks it: who may ask, what a body may be, how
 * long anything may take. The only room that sees the JDK's server.
 */
package dev.neostream.ops.http;
