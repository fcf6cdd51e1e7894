"""The instances that jobs and endpoints run on: processes, disks, groups, warm Python."""
