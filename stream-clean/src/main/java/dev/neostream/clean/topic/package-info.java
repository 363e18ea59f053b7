/**
 * Profiles sent to a running job: the topic {@code clean.profiles} and the rule by which its
 * records count.
 */
package dev.neostream.clean.topic;
