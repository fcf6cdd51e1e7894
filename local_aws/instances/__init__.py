"""The machines that jobs and endpoints run on: processes, disks, groups, warm Python."""
