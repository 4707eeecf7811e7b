package awssim

// identity says who calls: always the same role.
func (s *Server) identity() *document {
	d := &document{}
	d.text("Arn", s.caller())
	d.text("UserId", "AROAAUTOSCALERSIMULATE:session")
	d.text("Account", s.config.Account)
	return d
}
