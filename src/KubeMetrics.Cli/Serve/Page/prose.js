import { h } from "./dom.js";

// A date, a time or a p-value is read as one: no line ends within.
const WHOLE = /(\d{4}-\d{2}-\d{2}|\d{2}:\d{2} UTC|p [<=>] [\d.]+|[\d.\u202f]+ (?:%|[µmn]?s|[KMGT]?i?B|min|\/s)(?!\w))/;

/** A sentence in which names stand in back quotes: these become code. */
export const prose = text => text.split(/`([^`]+)`/).map((part, index) =>
  index % 2 === 1 ? h("code", { class: "name" }, part) : whole(part));

/** A name out of the data, as code; long ones may be broken where their parts meet. */
export const name = text => h("code", { class: "name" }, breakable(text));

/** The same text with places where a line may end. */
export const breakable = text => text.split(/(?<=[_/])(?=[^_/])/).flatMap((part, index) => index === 0 ? [part] : [h("wbr"), part]);

const whole = text => text.split(WHOLE).map((part, index) => index % 2 === 1 ? h("span", { class: "whole" }, part) : part);

/** What a finding says, and what it rests on: the round brackets at its end. */
export function sentenceOf(finding) {
  const match = /^(.*\S)\s\(([^()]*(?:\([^()]*\)[^()]*)*)\)(\.?)$/s.exec(finding.trim());
  return match ? { says: match[1] + match[3], grounds: match[2] } : { says: finding.trim(), grounds: null };
}

/** A finding, with its grounds smaller beneath. */
export function finding(text) {
  const { says, grounds } = sentenceOf(text);
  return [prose(says), grounds && h("span", { class: "grounds" }, prose(grounds))];
}

/** A finding as plain text, for titles and announcements. */
export const plain = text => sentenceOf(text).says.replaceAll("`", "");
