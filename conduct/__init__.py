"""Who acts: one conductor a release holds its run, drives its stages, concludes them and tells people."""
