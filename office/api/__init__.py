"""What kiosks call: enrolment, submissions, blobs, heartbeats. JSON as `sync.contract` types it."""
