// How Allure 3 shows a run. It only displays: the decision is made elsewhere and is not repeated here.
const verdict = (word) => ({ name: word, matchers: { labels: { verdict: `^${word}$` } } });

export default {
  hideLabels: ["host", "thread", "framework", "language", "package"],
  categories: [
    verdict("RED"),
    verdict("NO DATA"),
    verdict("YELLOW"),
    { name: "No verdict", matchers: { statuses: ["failed", "broken", "skipped", "unknown"] } },
  ],
  plugins: {
    awesome: {
      options: { singleFile: true, reportLanguage: "en", groupBy: ["epic", "feature"], defaultSortBy: "status,asc" },
    },
  },
};
