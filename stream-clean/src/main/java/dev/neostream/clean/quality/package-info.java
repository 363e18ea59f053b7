/**
 * High-quality recall: a linear classifier learns what a seed of good documents has that random web
 * pages lack ({@link dev.neostream.clean.quality.QualityTrainer}), scores pages ({@link
 * dev.neostream.clean.quality.QualityModel}), and hosts with many hits are revisited ({@link
 * dev.neostream.clean.quality.DomainRecall}). After DeepSeekMath (Shao et al. 2024, section 2.1)
 * and MAP-Neo (Zhang et al. 2024), which use fastText.
 */
package dev.neostream.clean.quality;
